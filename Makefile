# The front door. Each target is a line or two; logic beyond that is Go in internal/tools.
export CGO_ENABLED ?= 0
GO    ?= go
LDFLAGS = -s -w
BIN   = ./bin
FUZZTIME ?= 30s

.PHONY: build run test lint fuzz bench lab charts dist

build:
	$(GO) build -trimpath -ldflags "$(LDFLAGS)" -o $(BIN)/ ./cmd/...

run: build
	$(BIN)/mosh --local

test: build
	.ci/deps
	$(GO) test -parallel 4 -timeout 20m ./...
	CGO_ENABLED=1 $(GO) test -race -timeout 10m ./internal/drive/...

# Every fuzz target for FUZZTIME each.
fuzz:
	$(GO) run ./internal/tools/fuzz -time $(FUZZTIME)

lint:
	@test -z "$$(gofmt -l cmd internal)" || { gofmt -l cmd internal; echo "run gofmt on the files above"; exit 1; }
	$(GO) vet ./...
	$(GO) fix -diff ./...
	$(GO) tool -modfile=tools/go.mod staticcheck ./...

# Ours, stock mosh and ssh on bad links; LABFLAGS="-quick", "-profiles loss29,lan", "-json FILE".
lab: build
	.ci/deps
	$(GO) run ./internal/tools/lab $(LABFLAGS)

# Go benchmarks against bench/baseline.txt, then ours, stock mosh and ssh by turns; BENCHFLAGS="-quick", "-rows flood,idle",
# "-json FILE"; -quick takes under 90 s once things are compiled, all under ten minutes.
bench: build
	.ci/deps
	$(GO) run ./internal/tools/replay $(if $(filter -quick,$(BENCHFLAGS)),-rtt 250ms -loss 0)
	$(GO) run ./internal/tools/bench -micro $(filter -quick,$(BENCHFLAGS))
	$(GO) run ./internal/tools/bench $(BENCHFLAGS)

# docs/charts from what lab and bench have written with -json: LAB=FILE BENCH=FILE.
charts:
	$(GO) -C tools run ./chart -lab "$(abspath $(LAB))" -bench "$(abspath $(BENCH))" -out ../docs/charts

# Everything for a release, for every platform, into ./dist.
dist:
	$(GO) run ./internal/tools/dist -out dist
