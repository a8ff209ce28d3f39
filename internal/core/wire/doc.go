// Package wire holds the three protobuf messages of the protocol
// (spec/protocol.md, sections 6 and 8) and the extension instruction of our own
// peers (docs/extensions.md).
//
//	TransportInstruction: 1 version, 2 old, 3 new, 4 ack, 5 throwaway, 6 diff, 7 chaff
//	UserMessage:          1 repeated instruction { 2 keystroke { 4 keys }
//	                                               3 resize { 5 width, 6 height }
//	                                               1000 extension }
//	HostMessage:          1 repeated instruction { 2 hostbytes { 4 hoststring }
//	                                               3 resize { 5 width, 6 height }
//	                                               7 echoack { 8 echo_ack_num }
//	                                               1000 extension }
//	extension:            1 hello { 1 version, 2 features, 3 program, 4 widths }
//	                      2 tty { 1 echo, 2 canonical }
//	                      3 exit { 1 status, 2 signal }
//
// Encoders append exactly what stock mosh 1.4.0 writes. Parsers take what
// stock takes: any order, unknown fields skipped, the last of two scalars. They
// never panic and their results alias their input.
package wire
