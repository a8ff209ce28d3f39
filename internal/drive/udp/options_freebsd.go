package udp

import "golang.org/x/sys/unix"

const ipRecvTOS = unix.IP_RECVTOS
