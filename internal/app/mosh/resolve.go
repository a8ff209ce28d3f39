package mosh

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os/exec"
	"slices"
	"strings"
)

// resolve finds the addresses of host in the order of family (spec/commands.md, A6).
func resolve(ctx context.Context, host, family string) ([]netip.Addr, error) {
	all, err := lookup(ctx, host)
	if err != nil {
		return nil, fmt.Errorf("cannot find an address for %q (%w): check the name, or give the address itself", host, err)
	}
	addresses, err := arrange(all, family)
	if err != nil {
		return nil, fmt.Errorf("%q %w", host, err)
	}
	return addresses, nil
}

func lookup(ctx context.Context, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}, nil
	}
	all, err := net.DefaultResolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		if all = askSystem(ctx, host); len(all) > 0 {
			err = nil
		}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		err = errors.New(dns.Err)
	}
	for i := range all {
		all[i] = all[i].Unmap()
	}
	return all, err
}

// askSystem tries the name services a static program cannot load itself (mDNS, NIS, machine names): getent asks
// them for us.
func askSystem(ctx context.Context, host string) []netip.Addr {
	if strings.HasPrefix(host, "-") {
		return nil
	}
	text, err := exec.CommandContext(ctx, "getent", "ahosts", host).Output()
	if err != nil {
		return nil
	}
	var all []netip.Addr
	for line := range strings.Lines(string(text)) {
		word, _, _ := strings.Cut(line, " ")
		if a, err := netip.ParseAddr(word); err == nil && !slices.Contains(all, a) {
			all = append(all, a)
		}
	}
	return all
}

// arrange applies a --family word to addresses in resolver order.
func arrange(all []netip.Addr, family string) ([]netip.Addr, error) {
	var v4, v6 []netip.Addr
	for _, a := range all {
		if a.Is4() {
			v4 = append(v4, a)
		} else {
			v6 = append(v6, a)
		}
	}
	switch family {
	case "inet":
		if len(v4) == 0 {
			return nil, errors.New("has no IPv4 address: leave out -4 (--family=inet)")
		}
		return v4, nil
	case "inet6":
		if len(v6) == 0 {
			return nil, errors.New("has no IPv6 address: leave out -6 (--family=inet6)")
		}
		return v6, nil
	case "prefer-inet":
		return append(v4, v6...), nil
	case "prefer-inet6":
		return append(v6, v4...), nil
	case "auto":
		if len(v4) > 0 && len(v6) > 0 {
			return nil, errors.New("has IPv4 and IPv6 addresses: choose with -4, -6 or another --family than auto")
		}
	}
	return all, nil
}
