package dev.holdfast.config;

/**
 * Status codes that follow one another, or a single one.
 *
 * @param text as the file has it: {@code 204} or {@code 200-399}
 * @param first the lowest
 * @param last the highest, itself included
 */
record StatusRange(String text, int first, int last) {
    /** Returns the value as TOML has it. */
    @Override
    public String toString() {
        return text.indexOf('-') < 0 ? text : MessageText.quoted(text);
    }
}
