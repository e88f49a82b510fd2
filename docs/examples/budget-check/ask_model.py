#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""An application that asks its budget before it calls a model: copy ask() into yours, and replace call_model.

Needs psycopg 3 (Debian: python3-psycopg). The database is found by PGHOST, PGSERVICE and their kin.
usage: ask_model.py BUDGET MODEL REGION INPUT_TOKENS MAX_OUTPUT_TOKENS [AS_OF]
"""
import sys

import psycopg


class OverBudget(Exception):
    """There is no room: the request was not made."""


def call_model(model, input_tokens, max_output_tokens):
    """Here your application calls Bedrock. Returns the counts of tokens that the answer states."""
    return {'input': input_tokens, 'output': max_output_tokens // 2}


def ask(connection, budget, model, region, input_tokens, max_output_tokens, as_of=None, call=call_model, log=print):
    # The most it can cost: the longest answer. Short, so that others need not wait for the lock of the budget.
    with connection.transaction():
        estimate, = connection.execute('SELECT estimated_cost(%s, %s, %s, region => %s)',
                                       (model, input_tokens, max_output_tokens, region)).fetchone()
        answer, reservation = connection.execute(
            "SELECT * FROM budget_guard.reserve(%s, %s, coalesce(%s, (now() AT TIME ZONE 'UTC')::date))",
            (budget, estimate, as_of)).fetchone()
    if answer == 'no':
        raise OverBudget(f'{budget} has no room for {estimate} USD')
    if answer == 'unknown':
        # Going on costs less here than stopping; a batch job would raise instead. Either way somebody must see it.
        log(f'{budget} is not known to have room: going on by reservations alone')

    # No transaction is open while the model answers.
    try:
        used = call(model, input_tokens, max_output_tokens)
    except Exception:
        # A request that failed on its way may have been billed all the same: the reservation stays.
        log(f'reservation {reservation} is not settled')
        raise

    # With what else the application writes about the answer: both, or nothing.
    with connection.transaction():
        connection.execute('SELECT budget_guard.settle(%s, estimated_cost(%s, %s, %s, region => %s))',
                           (reservation, model, used['input'], used['output'], region))
    return answer, reservation


if __name__ == '__main__':
    if len(sys.argv) not in (6, 7):
        sys.exit(__doc__)
    with psycopg.connect(autocommit=True) as connection:
        try:
            print(*ask(connection, *sys.argv[1:4], int(sys.argv[4]), int(sys.argv[5]), *sys.argv[6:]))
        except OverBudget as problem:
            sys.exit(f'over budget: {problem}')
