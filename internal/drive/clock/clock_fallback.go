package clock

import "time"

var imported = time.Now()

// sinceImport is the runtime's monotonic clock, which stands still during sleep: the last resort.
func sinceImport() time.Duration { return time.Since(imported) }
