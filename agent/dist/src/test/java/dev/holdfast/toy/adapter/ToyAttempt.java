package dev.holdfast.toy.adapter;

import dev.holdfast.toy.lib.ToyRequest;

/** A request of the adapter's own, which passes the woven method. */
final class ToyAttempt extends ToyRequest {
    ToyAttempt(ToyRequest request) {
        super(request.line());
    }
}
