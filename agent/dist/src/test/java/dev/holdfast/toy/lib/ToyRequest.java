package dev.holdfast.toy.lib;

/** A request. */
public class ToyRequest {
    private final String line;

    /** A request of this method and path. */
    public ToyRequest(String line) {
        this.line = line;
    }

    /** Method and path. */
    public final String line() {
        return line;
    }
}
