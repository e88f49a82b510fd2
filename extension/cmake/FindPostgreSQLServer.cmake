# SPDX-License-Identifier: PostgreSQL
# The server that pg_config names: where its headers are and where an extension goes.
find_program(PG_CONFIG pg_config DOC "pg_config of the server to build for")
set(reason "install postgresql-server-dev-all, or name the program with -DPG_CONFIG=")
if(PG_CONFIG)
    foreach(what IN ITEMS version includedir-server pkglibdir sharedir bindir)
        execute_process(COMMAND ${PG_CONFIG} --${what} OUTPUT_VARIABLE PG_${what} OUTPUT_STRIP_TRAILING_WHITESPACE)
    endforeach()
    string(REGEX MATCH "[0-9]+" PG_MAJOR "${PG_version}")
    # Debian's pg_config comes with the client library; the server's headers are a package of their own.
    if(EXISTS ${PG_includedir-server}/postgres.h)
        set(PG_HEADERS ${PG_includedir-server})
    endif()
    if(PG_MAJOR AND PG_MAJOR LESS 15)
        set(reason "PostgreSQL 15 or newer is needed, ${PG_CONFIG} says ${PG_version}")
        unset(PG_HEADERS)
    endif()
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PostgreSQLServer REQUIRED_VARS PG_CONFIG PG_HEADERS PG_pkglibdir PG_sharedir
                                  VERSION_VAR PG_version REASON_FAILURE_MESSAGE "${reason}")
