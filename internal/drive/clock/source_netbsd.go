package clock

// CLOCK_MONOTONIC of NetBSD's <time.h>, which x/sys does not name. There is no clock that counts sleep.
const sleepingClock = 3
