package tty

// IUTF8 of <sys/_termios.h>, FreeBSD 14; older kernels ignore the bit.
const iutf8 = 0x4000
