# SPDX-License-Identifier: PostgreSQL
# The targets and variables of PGXS, over cmake: what pgxn and Debian's pg_buildext call. In a package it is the Makefile
# at the top; it builds below the folder where make is called.
PG_CONFIG ?= pg_config
CONTRIB_TESTDB ?= contrib_regression
JOBS ?= $(shell nproc)
source := $(patsubst %/,%,$(dir $(abspath $(lastword $(MAKEFILE_LIST)))))
# Variables of this make are not for the one that cmake may call.
clean_environment = env -u MAKEFLAGS -u MAKELEVEL -u VPATH
# Those that need nothing but an empty database.
tests = bedrock_arn row_functions tags json labels

all:
	CXXFLAGS="$(CXXFLAGS) $(CPPFLAGS)" $(clean_environment) cmake -S "$(source)" -B build \
		-DPG_CONFIG="$(shell command -v $(PG_CONFIG))" -DBEDROCK_TESTS=OFF
	$(clean_environment) cmake --build build --parallel $(JOBS)

install: all
	DESTDIR="$(DESTDIR)" cmake --install build

uninstall:
	rm -f "$(DESTDIR)$$($(PG_CONFIG) --pkglibdir)/bedrock_cost.so" \
		"$(DESTDIR)$$($(PG_CONFIG) --sharedir)"/extension/bedrock_cost.control \
		"$(DESTDIR)$$($(PG_CONFIG) --sharedir)"/extension/bedrock_cost--*.sql

# In the server that PGHOST and its kin name, as a superuser; makes the database anew.
installcheck:
	PGOPTIONS='-c client_min_messages=warning -c jit=off' "$(dir $(shell $(PG_CONFIG) --pgxs))../test/regress/pg_regress" \
		--inputdir="$(source)/tests/regress" --bindir="$(shell $(PG_CONFIG) --bindir)" \
		--encoding=UTF8 --dbname=$(CONTRIB_TESTDB) --load-extension=bedrock_cost $(tests)

clean:
	rm -rf build results regression.diffs regression.out

.PHONY: all install uninstall installcheck clean
