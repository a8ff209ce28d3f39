package notice

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"mosh/internal/core/vt"
	"mosh/internal/core/width"
)

const (
	contactLate = 6500 * time.Millisecond // heartbeats are due every 3 s, unless SetContactLimit says otherwise
	replyLate   = 10 * time.Second

	countUp     = time.Second
	countUpSlow = 3 * time.Second // after a minute, to save power
	slowAfter   = time.Minute

	connectQuiet  = 250 * time.Millisecond // before the first word about a missing answer
	connectDetail = 2 * time.Second        // then with the address
	connectAdvice = 10 * time.Second       // then with what usually blocks it

	networkErrorLife = 3100 * time.Millisecond
	cryptoErrorLife  = time.Second
	recoveredLife    = time.Second // what is left of a network error once things work again
	statusLife       = 10 * time.Second
)

// Config is what does not change during a session.
type Config struct {
	QuitKey     string           // name of the escape key, such as Ctrl-^; empty if there is none
	TitlePrefix bool             // put "[mosh] " before the title
	Servers     []netip.AddrPort // where the server is expected, for the text while connecting
	Host        string           // what the person called the server, for advice; may be empty
}

// Bar is the notification bar of one session.
type Bar struct {
	cfg       Config
	started   time.Time
	connected bool
	contact   time.Time // of the newest new server state
	limit     time.Duration
	reply     time.Time        // when the newest acked client state was sent
	refused   []netip.AddrPort // of cfg.Servers: where the system says that nothing listens

	text      string
	expires   time.Time // zero: the text stays
	network   bool      // text is a network error
	quietHint bool      // text explains keys itself
	leaving   bool      // the session is being ended: silence is no news
}

// New returns the bar of a session that starts at now.
func New(now time.Time, cfg Config) *Bar {
	return &Bar{cfg: cfg, started: now, contact: now, reply: now, limit: contactLate}
}

// SetContactLimit sets the silence of the server from which on it is told.
func (b *Bar) SetContactLimit(d time.Duration) { b.limit = d }

// Connected tells that the newest new state of the server came at t.
func (b *Bar) Connected(t time.Time) {
	b.connected = true
	if t.After(b.contact) {
		b.contact = t
	}
}

// Late tells when the newest client state that the server acked was sent.
func (b *Bar) Late(t time.Time) {
	if t.After(b.reply) {
		b.reply = t
	}
}

// Refused tells that the system reported that nothing listens at server. It matters until the server answers.
func (b *Bar) Refused(server netip.AddrPort) {
	if !slices.Contains(b.refused, server) {
		b.refused = append(b.refused, server)
	}
}

// Message shows text for life.
func (b *Bar) Message(now time.Time, text string, life time.Duration) {
	if b.leaving {
		return
	}
	b.text, b.expires, b.network, b.quietHint = text, now.Add(life), false, false
}

// Permanent shows text until the end: the session is being left.
func (b *Bar) Permanent(text string) {
	b.text, b.expires = text, time.Time{}
	b.network, b.quietHint, b.leaving = false, false, true
}

// NetworkError shows what the system said about a failed send or receive.
func (b *Bar) NetworkError(now time.Time, text string) {
	b.Message(now, text, networkErrorLife)
	b.network = !b.leaving
}

// NetworkOK tells that a send or receive did not fail: an error shown is soon taken away.
func (b *Bar) NetworkOK(now time.Time) {
	if b.network {
		b.network = false
		if soon := now.Add(recoveredLife); soon.Before(b.expires) {
			b.expires = soon
		}
	}
}

// CryptoError shows that a datagram could not be decrypted in a way that is worth telling.
func (b *Bar) CryptoError(now time.Time, text string) {
	b.Message(now, "Crypto exception: "+text, cryptoErrorLife)
}

// Help shows the commands after the escape key until ClearMessage.
func (b *Bar) Help(text string) {
	if b.leaving {
		return
	}
	b.text, b.expires, b.network, b.quietHint = text, time.Time{}, false, true
}

// ClearMessage takes the text away, if the session is not being left.
func (b *Bar) ClearMessage() {
	if !b.leaving {
		b.text, b.expires, b.network, b.quietHint = "", time.Time{}, false, false
	}
}

// ShowStatus shows the state of the connection for some seconds or until ClearMessage.
func (b *Bar) ShowStatus(now time.Time, s Status) { b.Message(now, s.Text(now), statusLife) }

// message returns the text in force at now and when it ends; zero: by itself never.
func (b *Bar) message(now time.Time) (string, time.Time) {
	if b.text != "" && (b.expires.IsZero() || now.Before(b.expires)) {
		return b.text, b.expires
	}
	if b.connected || now.Sub(b.started) <= connectQuiet {
		return "", time.Time{}
	}
	return b.connecting(now), time.Time{}
}

// connecting says that the server has never answered: to spec/prediction.md section 7 it adds where it should be,
// and then what to do. An address that only is silent counts more than one where nothing listens.
func (b *Bar) connecting(now time.Time) string {
	wait := now.Sub(b.started)
	silent := slices.DeleteFunc(slices.Clone(b.cfg.Servers), func(s netip.AddrPort) bool { return slices.Contains(b.refused, s) })
	if len(silent) == 0 && len(b.refused) > 0 {
		text := fmt.Sprintf("Nothing listens on %s UDP port %d: has the server ended?", addresses(b.refused), b.refused[0].Port())
		if wait >= connectAdvice {
			text += b.check()
		}
		return text
	}
	var port uint16
	if len(silent) > 0 {
		port = silent[0].Port()
	}
	switch {
	case wait < connectDetail || port == 0:
		return fmt.Sprintf("Nothing received from server on UDP port %d.", port)
	case wait < connectAdvice:
		return fmt.Sprintf("Nothing received from %s on UDP port %d.", addresses(silent), port)
	}
	// What to do comes first: the end may not fit on the screen.
	return fmt.Sprintf("UDP port %d is silent: a firewall?%s. Tried %s.", port, b.check(), addresses(silent))
}

// check is how to find out more.
func (b *Bar) check() string {
	host := b.cfg.Host
	if host == "" {
		host = "HOST"
	}
	return " Check: mosh --doctor " + host
}

func addresses(servers []netip.AddrPort) string {
	words := make([]string, len(servers))
	for i, s := range servers {
		words[i] = s.Addr().String()
	}
	return strings.Join(words, ", ")
}

// late says which of the two silences lasts too long, and since when.
func (b *Bar) late(now time.Time) (contact, reply bool) {
	if b.leaving {
		return false, false
	}
	return now.Sub(b.contact) > b.limit, now.Sub(b.reply) > replyLate
}

// Text returns what the bar says at now, empty if there is no bar.
func (b *Bar) Text(now time.Time) string {
	msg, _ := b.message(now)
	contact, reply := b.late(now)
	since, word := b.contact, "contact"
	if reply && !contact {
		since, word = b.reply, "reply"
	}
	age := now.Sub(since)
	switch {
	case msg == "" && !contact && !reply:
		return ""
	case msg == "":
		return "mosh: Last " + word + " " + elapsed(age, "seconds") + " ago." + b.hint()
	case !contact && !reply:
		return "mosh: " + msg + b.hint()
	}
	return "mosh: " + msg + " (" + elapsed(age, "s") + " without " + word + ".)" + b.hint()
}

func (b *Bar) hint() string {
	switch {
	case b.quietHint:
		return ""
	case !b.connected && !b.leaving:
		return " [To quit: Ctrl-C]" // there is no program yet that could want it
	case b.cfg.QuitKey == "":
		return ""
	}
	return " [To quit: " + b.cfg.QuitKey + " .]"
}

// elapsed writes whole seconds; unit is used below a minute.
func elapsed(d time.Duration, unit string) string {
	n := int(d / time.Second)
	switch {
	case n < 60:
		return fmt.Sprintf("%d %s", n, unit)
	case n < 3600:
		return fmt.Sprintf("%d:%02d", n/60, n%60)
	}
	return fmt.Sprintf("%d:%02d:%02d", n/3600, n/60%60, n%60)
}

// NextTimeout returns when the bar will look different if nothing happens; zero if it will not.
func (b *Bar) NextTimeout(now time.Time) time.Time {
	_, next := b.message(now)
	if !b.connected && !b.leaving {
		for _, d := range []time.Duration{connectQuiet, connectDetail, connectAdvice} {
			next = sooner(now, next, b.started.Add(d+time.Millisecond))
		}
	}
	contact, reply := b.late(now)
	switch {
	case b.leaving:
	case contact || reply:
		every := countUp
		if now.Sub(b.contact) > slowAfter {
			every = countUpSlow
		}
		next = sooner(now, next, now.Add(every))
	default:
		next = sooner(now, next, b.contact.Add(b.limit+time.Millisecond))
		next = sooner(now, next, b.reply.Add(replyLate+time.Millisecond))
	}
	return next
}

// sooner returns the earlier of a and b that lies after now; a zero a is none.
func sooner(now, a, b time.Time) time.Time {
	if b.After(now) && (a.IsZero() || b.Before(a)) {
		return b
	}
	return a
}

// titlePrefix marks the window as one of mosh's: section 8.
const titlePrefix = "[mosh] "

// Apply returns f with the bar in row 0 and the prefix before the title; f itself if neither is to be seen.
func (b *Bar) Apply(now time.Time, f *vt.Frame) *vt.Frame {
	text := b.Text(now)
	prefix := b.cfg.TitlePrefix && f.TitleSet
	if text == "" && !prefix {
		return f
	}
	out := f.Edit()
	if prefix {
		if out.Icon == out.Title {
			out.Icon = titlePrefix + out.Icon
		}
		out.Title = titlePrefix + out.Title
	}
	if text != "" && f.Height > 0 {
		out.Rows[0] = draw(f.Width, text, out.Interns)
		if out.Cursor.Row == 0 {
			out.Modes.CursorVisible = false
		}
	}
	return out
}

// draw returns a row of so many columns that shows text, cut at its end.
func draw(columns int, text string, in *vt.Interns) *vt.Row {
	ground := vt.Rendition{FG: vt.PaletteColor(7), BG: vt.PaletteColor(4)}
	bold := ground
	bold.Attr |= vt.Bold
	row := vt.NewRow(columns, ground)
	for i := range row.Cells {
		row.Cells[i] = vt.Cell{Content: vt.RuneContent(' ', false), Rendition: ground}
	}
	col, lead := 0, -1
	var cluster string
	for _, r := range text {
		w := width.Unicode17Plain.Rune(r)
		switch {
		case r < 0x20 || w < 0:
		case w == 0:
			if lead >= 0 {
				cluster += string(r)
				if c, ok := in.Cluster(cluster, col-lead > 1); ok {
					row.Cells[lead].Content = c
				}
			}
		case col+w > columns:
			return row
		default:
			lead, cluster = col, string(r)
			row.Cells[col] = vt.Cell{Content: vt.RuneContent(r, w == 2), Rendition: bold}
			if w == 2 {
				row.Cells[col+1] = vt.Cell{Content: vt.Tail, Rendition: bold}
			}
			col += w
		}
	}
	return row
}
