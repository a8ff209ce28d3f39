package serverloop

// readAhead is how many slices of the program's output may wait for the loop. The server has one thread, so that
// nobody reads while the loop works.
const readAhead = 1
