package dev.holdfast.toy.lib;

/** A response. */
public final class ToyResponse {
    private static int closed;

    private final int status;

    /** A response with this status. */
    public ToyResponse(int status) {
        this.status = status;
    }

    /** Returns how many responses were closed. */
    public static int closed() {
        return closed;
    }

    /** The status. */
    public int status() {
        return status;
    }

    /** Gives the connection back. */
    public void close() {
        closed++;
    }
}
