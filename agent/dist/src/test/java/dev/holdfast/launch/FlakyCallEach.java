package dev.holdfast.launch;

/** {@link OneCallEach} with a server that answers each first request with 503, whatever the arguments. */
public final class FlakyCallEach {
    private FlakyCallEach() {}

    /** Without the agent it sees 503 twice, in two requests; with retries 200 twice, in four. */
    public static void main(String[] arguments) throws Exception {
        OneCallEach.main(new String[] {"503"});
    }
}
