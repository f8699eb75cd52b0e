package dev.holdfast.admin;

/** Answers requests; on the server's one thread, so that no two are answered at a time. */
interface Handler {
    /** The answer. What is thrown becomes a 500 without a word. */
    Response handle(Request request);
}
