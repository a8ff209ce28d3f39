package udp

// rtFlagsAt is where rtm_flags is in struct rt_msghdr.
const rtFlagsAt = 16
