# The two commands of the README are `make run` and `make test`.

.PHONY: run build test lint redis torture monkey bench fuzz cross class table course

run: build
	./bin/capsim

build:
	go build -o bin/capsim ./cmd/capsim

# All tests, those against real redis-servers included.
test: redis lint
	CAPSIM_REQUIRE_REDIS=1 go test -count=1 ./...

lint:
	@test -z "$$(go tool gofumpt -l .)" || { echo 'not formatted (go tool gofumpt -w .):'; go tool gofumpt -l .; exit 1; }
	go vet ./...
	go tool staticcheck ./...

# redis-server is what the tests against the real thing run; nothing listens but on loopback.
redis:
	@command -v redis-server >/dev/null || { \
	  echo 'redis-server is missing: installing it'; \
	  { [ "$$(id -u)" = 0 ] || SUDO=sudo; \
	    $$SUDO apt-get update -qq && $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends redis-server >/dev/null; } || \
	  { echo 'could not install it: run  sudo apt-get install redis-server  and try again'; exit 1; }; }

# Random scripts of load, faults and toggles under every policy; SEEDS a policy.
SEEDS ?= 10000
torture:
	CAPSIM_SEEDS=$(SEEDS) go test -count=1 -timeout 0 -run Torture -v ./scenarios ./policies

# Random keys, mouse events, pastes and resizes over random scenarios; KEYS of them, from the seed SEED on.
KEYS ?= 200000
SEED ?= 1
monkey:
	CAPSIM_MONKEY=$(KEYS) CAPSIM_MONKEY_SEED=$(SEED) go test -count=1 -timeout 0 -run TestMonkey -v ./tui

bench:
	GOGC=400 go test -run '^$$' -bench . -benchmem ./...

FUZZTIME ?= 20s
fuzz:
	@for f in $$(grep -rlE '^func Fuzz' --include=*_test.go .); do \
	  for name in $$(grep -oE '^func Fuzz[A-Za-z0-9_]+' $$f | cut -c6-); do \
	    echo "$$name ($$(dirname $$f))"; go test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZTIME) ./$$(dirname $$f) || exit 1; done; done

# The library on arm64 under qemu-user gives the hashes that it gives here.
cross: redis
	@command -v qemu-aarch64 >/dev/null || command -v qemu-aarch64-static >/dev/null || { \
	  { [ "$$(id -u)" = 0 ] || SUDO=sudo; \
	    $$SUDO apt-get update -qq && $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends qemu-user >/dev/null; } || \
	  { echo 'run  sudo apt-get install qemu-user  and try again'; exit 1; }; }
	go build -o bin/capsim ./cmd/capsim
	GOARCH=arm64 go build -o bin/capsim-arm64 ./cmd/capsim
	./scripts/cross bin/capsim bin/capsim-arm64

# A class in a real terminal, played in tmux: what is saved gives the trace that was shown.
class: build
	@command -v tmux >/dev/null || { \
	  echo 'tmux is missing: installing it'; \
	  { [ "$$(id -u)" = 0 ] || SUDO=sudo; \
	    $$SUDO apt-get update -qq && $$SUDO env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends tmux >/dev/null; } || \
	  { echo 'could not install it: run  sudo apt-get install tmux  and try again'; exit 1; }; }
	./scripts/class bin/capsim

# The README's tables: that of policies as it should be now, that of labs written.
table: build
	go test -count=1 -run TestReadmeTableIsCurrent . -update
	./bin/capsim show policies

# The table of the teacher's notes, written as it should be now.
course:
	go test . -run TestCourseTable -update
