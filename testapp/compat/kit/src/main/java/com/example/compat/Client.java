package com.example.compat;

/** One way in which a library makes calls. */
@FunctionalInterface
public interface Client {
    /**
     * Makes a call, as the library is meant to be used: what it throws for a bad status, say, is what the program sees.
     */
    Reply call(Request request) throws Exception;
}
