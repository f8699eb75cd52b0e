package dev.holdfast.toy.lib.impl;

import dev.holdfast.toy.lib.ToyClient;
import dev.holdfast.toy.lib.ToyRequest;
import dev.holdfast.toy.lib.ToyResponse;
import dev.holdfast.toy.lib.ToyServer;

/** The one implementation. */
public final class RealClient implements ToyClient {
    private final ToyServer server;

    /** A client of a server. */
    public RealClient(ToyServer server) {
        this.server = server;
    }

    @Override
    public ToyResponse execute(ToyRequest request) {
        return new ToyResponse(server.answer(request.line()));
    }
}
