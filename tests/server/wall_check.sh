#!/usr/bin/env bash
# SPDX-License-Identifier: PostgreSQL
# The build's wall check can fail: wall_check.sh CXX NM CMAKE CHECKWALL DIR
set -euo pipefail
cxx=$1 nm=$2 cmake=$3 check=$4 dir=$5
mkdir -p "$dir"
cd "$dir"

cat >clean.cpp <<'CPP'
#include <string_view>
void may_raise(const char *bytes);
void call(std::string_view text) { may_raise(text.data()); }
CPP
cat >owns.cpp <<'CPP'
#include <string>
void may_raise(const char *bytes);
void call_owning(const char *bytes) { std::string copy(bytes); may_raise(copy.c_str()); }
CPP
cat >catches.cpp <<'CPP'
void may_raise(const char *bytes);
void call_catching(const char *bytes) { try { may_raise(bytes); } catch (...) {} }
CPP
cat >guards.cpp <<'CPP'
int compute();
int once() { static const int value = compute(); return value; }
CPP

passes() { "$cmake" "-DNM=$nm" "-DOBJECTS=$2" "-DCOUNT=$1" -P "$check" >out 2>&1; }
refuses() { # refuses WHAT COUNT OBJECTS PATTERN
    if passes "$2" "$3"; then echo "the wall check lets through: $1"; exit 1; fi
    grep -qE "$4" out || { echo "the wall check fails for another reason: $1"; cat out; exit 1; }
    echo "refused: $1"
}
for level in -O1 -O2 -O3; do
    for source in clean owns catches guards; do "$cxx" -std=c++20 $level -fPIC -c $source.cpp -o $source.o; done
    passes 1 clean.o || { echo "the wall check refuses a clean object"; cat out; exit 1; }
    refuses "a string over a call, $level" 1 owns.o 'owns.o refers to'
    refuses "a catch in the binding, $level" 1 catches.o 'catches.o refers to'
    refuses "a static with a guard, $level" 1 guards.o 'guards.o refers to'
    refuses "the second of two objects, $level" 2 'clean.o;owns.o' 'owns.o refers to'
done
refuses "no objects" 1 '' 'got 0 objects of 1'
