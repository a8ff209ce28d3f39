package session

import "flag"

var traceFlag = flag.Bool("trace", false, "print the trace even if nothing fails")
