package dev.holdfast.config;

/**
 * The window of a rate: a number of calls, or a duration.
 *
 * @param text as the file has it
 * @param calls how many calls; 0 where it is a duration
 * @param nanos how long, in nanoseconds; 0 where it is a number of calls
 */
record Window(String text, int calls, long nanos) {
    /** Returns the value as TOML has it. */
    @Override
    public String toString() {
        return calls > 0 ? text : MessageText.quoted(text);
    }
}
