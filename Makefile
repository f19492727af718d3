# Everything one does with this repository. `make` lists it.
#
# The build itself is CMake's (CMakePresets.json); here are only the ways in.
# To be changed on the command line, for example `make test JOBS=8`:
JOBS ?= $(shell nproc)
LISTEN ?= 127.0.0.1:50051
METRICS_LISTEN ?= 127.0.0.1:9464
DATA_DIR ?= ./data
RULES ?= deploy/rules/default.yaml

SOURCE_DIRS := service projections cli tests
SOURCES = $(shell find $(SOURCE_DIRS) -name '*.cc' -o -name '*.h' | sort)
JOURNEYCTL := build/bin/journeyctl --server $(LISTEN)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run demo build test check format-check tidy format asan tsan \
        bench clean setup setup-check

help:  ## List what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-14s%s\n", $$1, $$2}' \
	  $(MAKEFILE_LIST)

run: build  ## Build, then serve until Ctrl-C
	@printf '\n%s\n%s\n%s\n%s\n\n' 'To try in another terminal:' \
	  '  $(JOURNEYCTL) status' \
	  '  $(JOURNEYCTL) --tenant demo append -f deploy/samples/demo.ndjson' \
	  '  $(JOURNEYCTL) --tenant demo journey get account:acc-0016'
	@exec build/bin/journeyd --data-dir $(DATA_DIR) --listen $(LISTEN) \
	  --metrics-listen $(METRICS_LISTEN) --rules $(RULES)

demo: build  ## Build, serve a fresh store with sample data and show it
	@LISTEN=$(LISTEN) METRICS_LISTEN=$(METRICS_LISTEN) deploy/demo.sh

build: build/build.ninja  ## Build everything (Release) into build/
	@cmake --build build -j $(JOBS)

test: build  ## Build everything and run the tests
	@ctest --preset release -j $(JOBS)

check: setup-check format-check tidy test  ## Formatting, clang-tidy and tests

format-check: setup-check  ## Only: is everything formatted?
	@clang-format-14 --dry-run -Werror $(SOURCES)

tidy: setup-check build  ## Only: clang-tidy on what changed, warnings are errors
	@deploy/tidy.sh $(JOBS)

format: setup-check  ## Format all sources
	@clang-format-14 -i $(SOURCES)

asan: build-asan/build.ninja  ## Tests with AddressSanitizer and UBSan
	@cmake --build build-asan -j $(JOBS)
	@ctest --preset asan -j $(JOBS)

# Where gRPC takes part, ThreadSanitizer cannot judge (CMakePresets.json).
TSAN_TESTS := core_test log_test rules_test projections_test views_test
tsan: build-tsan/build.ninja  ## Tests of the layers below gRPC with ThreadSanitizer
	@cmake --build build-tsan -j $(JOBS) --target $(TSAN_TESTS)
	@ctest --preset tsan -j $(JOBS)

bench: build/build.ninja  ## Measure the service on this machine
	@cmake --build build -j $(JOBS) --target journey_bench
	@build/bin/journey_bench $(BENCH_ARGS)

clean:  ## Remove what was built; stores below data/ stay
	@rm -rf build build-asan build-tsan

# Quick when nothing is missing, so everything may depend on it.
setup:
	@deploy/setup.sh
setup-check:
	@deploy/setup.sh --check

build/build.ninja: | setup
	@cmake --preset release
build-asan/build.ninja: | setup
	@cmake --preset asan
build-tsan/build.ninja: | setup
	@cmake --preset tsan
