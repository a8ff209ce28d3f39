//go:build linux

package main

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
)

// headers is what IPv4 and UDP add to a payload.
const headers = 28

// relay passes datagrams between one client and a server on loopback and counts them.
type relay struct {
	front, back *net.UDPConn
	client      atomic.Pointer[netip.AddrPort]
	packets     atomic.Int64
	octets      atomic.Int64 // with headers
	wg          sync.WaitGroup
}

func newRelay(server uint16) (*relay, error) {
	front, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		return nil, err
	}
	back, err := net.DialUDP("udp4", nil, &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1), Port: int(server)})
	if err != nil {
		front.Close()
		return nil, err
	}
	r := &relay{front: front, back: back}
	r.wg.Go(r.up)
	r.wg.Go(r.down)
	return r, nil
}

func (r *relay) port() uint16 { return uint16(r.front.LocalAddr().(*net.UDPAddr).Port) }

func (r *relay) count(n int) {
	r.packets.Add(1)
	r.octets.Add(int64(n + headers))
}

func (r *relay) up() {
	b := make([]byte, 1<<16)
	for {
		n, from, err := r.front.ReadFromUDPAddrPort(b)
		if err != nil {
			return
		}
		r.client.Store(&from)
		r.count(n)
		_, _ = r.back.Write(b[:n])
	}
}

func (r *relay) down() {
	b := make([]byte, 1<<16)
	for {
		n, err := r.back.Read(b)
		if err != nil && n == 0 {
			if isClosed(err) {
				return
			}
			continue // the server is not there: refused
		}
		r.count(n)
		if to := r.client.Load(); to != nil {
			_, _ = r.front.WriteToUDPAddrPort(b[:n], *to)
		}
	}
}

func (r *relay) close() {
	r.front.Close()
	r.back.Close()
	r.wg.Wait()
}
