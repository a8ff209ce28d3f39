//go:build !linux

package pump

import "io"

func readerOf(src io.Reader) io.Reader { return src }

func writerOf(dst io.Writer) io.Writer { return dst }
