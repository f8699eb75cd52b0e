package dev.holdfast.client.okhttp;

/**
 * The end of a call that carries an attempt. It is that of the program's call where the program has the attempt's
 * response: with its body, whole or not, and perhaps long after the library takes the program's call for ended.
 * Thread-safe.
 */
final class CallEnd {
    // Guarded by this.
    private boolean ended;
    private boolean awaited;

    /** The library has ended the call that carries the attempt. Returns whether the program's call ends with it. */
    synchronized boolean ends() {
        boolean last = awaited && !ended;
        ended = true;
        return last;
    }

    /**
     * The library takes the program's call for ended. Returns whether that one's end is yet to come; false: the call
     * that carries the attempt has ended before.
     */
    synchronized boolean isYetToCome() {
        awaited = !ended;
        return awaited;
    }
}
