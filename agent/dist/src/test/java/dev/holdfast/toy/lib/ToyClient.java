package dev.holdfast.toy.lib;

import dev.holdfast.toy.lib.impl.RealClient;

/** Sends requests. */
public interface ToyClient {
    /** A client of a server. */
    static ToyClient of(ToyServer server) {
        return new RealClient(server);
    }

    /** Sends a request once. */
    ToyResponse execute(ToyRequest request);

    /** The library's version. */
    default String version() {
        return "1.0";
    }
}
