# What people type. Each target installs what it still needs (tools/setup.sh) and then works.
#   make run CAPTURE="a.pcap b.pcap.gz"   LAKE=./lake
#   make fuzz FUZZ_SECONDS=600            seconds for each target
.DEFAULT_GOAL := help
.PHONY: help setup build run test bench bench-memory bench-detect fuzz lint package check-package clean
MAKEFLAGS += --no-print-directory

FUZZ_SECONDS ?= 600

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-13s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## install what building and running need (Debian packages, DuckDB, geolocation data)
	@tools/setup.sh build

build: setup ## build the program: build/release/nightjar
	@tools/build.sh release nightjar

run: build ## ingest CAPTURE=PATH... (or a simulated year) and show the first figures; LAKE=FOLDER
	@LAKE="$(LAKE)" tools/run.sh $(CAPTURE)

test: ## run every test, optimised and under sanitizers
	@tools/setup.sh build test
	@tools/test.sh release asan

bench: ## measure ingest beside tcpdump, the lake, figures, the modelled year written and ingested, a busy reflector, and a honeypot
	@tools/setup.sh build bench
	@bench/run.sh
	@bench/year.sh
	@bench/recognise.sh
	@bench/reflector.sh
	@bench/reflector_replies.sh
	@bench/honeypot.sh

bench-memory: ## measure peak memory with 70 million sources in one hour
	@tools/setup.sh build bench
	@bench/memory.sh

bench-detect: ## score what detect finds in modelled years (SEEDS_64=10 SEEDS_256=3 SEEDS_1024=1), and time it
	@tools/setup.sh build bench
	@bench/detect.sh

fuzz: ## run every fuzz target for FUZZ_SECONDS (600)
	@tools/setup.sh build fuzz
	@FUZZ_SECONDS="$(FUZZ_SECONDS)" tools/fuzz.sh

lint: ## check form (clang-format, editorconfig) and frequent mistakes (clang-tidy)
	@tools/setup.sh build lint
	@tools/lint.sh

package: ## build the Debian package: build/package/nightjar_VERSION_ARCHITECTURE.deb
	@tools/setup.sh build package
	@tools/package.sh

check-package: package ## install the package into a copy of this machine, and try it there
	@tests/packaging/check_package.sh build/package/nightjar_*.deb

clean: ## remove what was built (not node_modules, not your lake)
	rm -rf build
