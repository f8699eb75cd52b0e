package dev.holdfast.config;

import dev.holdfast.policy.HedgePolicy;

/**
 * How long an attempt has before a hedged one is sent beside it.
 *
 * @param text as the file has it: a duration, {@code p95}, or empty for none
 * @param policy what that means
 */
record HedgeDelay(String text, HedgePolicy policy) {
    /** As TOML has it. */
    @Override
    public String toString() {
        return MessageText.quoted(text);
    }
}
