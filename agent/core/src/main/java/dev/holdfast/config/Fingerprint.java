package dev.holdfast.config;

import org.jspecify.annotations.Nullable;

/**
 * Tells the contents of two configuration files apart: the first {@value #DIGITS} hexadecimal digits of the SHA-256 of
 * the file, as {@code sha256sum} prints it. Worked out when it is first asked for, which is after the configuration is
 * in force: the program's first call waits for nothing that it does not need. Thread-safe.
 */
public final class Fingerprint {
    private static final int DIGITS = 12;

    /** The fingerprint of an empty text. */
    static final Fingerprint NONE = new Fingerprint("");

    private @Nullable String text;
    private @Nullable String digest;

    /**
     * Creates the fingerprint of a text.
     *
     * @param text all of the file
     */
    Fingerprint(String text) {
        this.text = text;
    }

    /** The digits. */
    @Override
    public synchronized String toString() {
        String known = digest;
        String source = text;
        if (known == null && source != null) {
            known = Sha256.hex(source).substring(0, DIGITS);
            digest = known;
            text = null; // may be large
        }
        return String.valueOf(known);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Fingerprint fingerprint
                && fingerprint.toString().equals(toString());
    }

    @Override
    public int hashCode() {
        return toString().hashCode();
    }
}
