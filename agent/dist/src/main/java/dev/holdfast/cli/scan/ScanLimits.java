package dev.holdfast.cli.scan;

import java.io.IOException;

/** Limits how much is read of one path: an archive can be made that unpacks to any size. Not thread-safe. */
final class ScanLimits {
    /** Standard limits, far above any application. */
    static final int DEPTH = 8;

    static final long ENTRIES = 2_000_000;
    static final long BYTES = 8L << 30;
    static final int CLASS_BYTES = 16 << 20;

    private final long maxEntries;
    private final long maxBytes;
    private long entries;
    private long bytes;

    ScanLimits(long maxEntries, long maxBytes) {
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
    }

    /** Another entry is looked at. */
    void entry() throws LimitExceededException {
        if (++entries > maxEntries) {
            throw new LimitExceededException("it has more than " + maxEntries + " entries");
        }
    }

    /** Bytes were unpacked. */
    void unpacked(long more) throws LimitExceededException {
        bytes += more;
        if (bytes > maxBytes) {
            throw new LimitExceededException("it unpacks to more than " + maxBytes + " bytes");
        }
    }

    /** Nothing more is read. */
    static final class LimitExceededException extends IOException {
        private static final long serialVersionUID = 1;

        LimitExceededException(String why) {
            super(why + "; the rest was not looked at");
        }
    }
}
