package dev.holdfast.config;

import dev.holdfast.policy.HedgePolicy;

/**
 * The time before a hedged attempt is sent beside the first one.
 *
 * @param text as the file has it: a duration, {@code p95}, or empty for none
 * @param policy what that means
 */
record HedgeDelay(String text, HedgePolicy policy) {
    /** Returns the value as TOML has it. */
    @Override
    public String toString() {
        return MessageText.quoted(text);
    }
}
