package dev.holdfast.contract;

/** A call that the application started and may abandon. */
interface InFlight {
    /** Abandons it in the way of its style: interrupt, cancel or disconnect. */
    void abandon();

    /** Interrupts the thread that makes it, if one does. */
    void interrupt();

    /** Waits until its thread waits for the server; a style that needs no thread has nothing to wait for. */
    void awaitReading();

    /** Waits until its thread waits for something other than the server; see {@link #awaitReading}. */
    void awaitWaiting();

    /** Waits for its end, for 10 seconds at most. */
    CallResult seen() throws InterruptedException;
}
