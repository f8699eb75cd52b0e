package dev.holdfast.toy.lib;

/** The other end of a {@link ToyClient}. */
public interface ToyServer {
    /** Answers a request with a status. */
    int answer(String request);
}
