package dev.holdfast.launch;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;

/** The agent's argument: whatever it is, options or a message of bearable length, never an exception. */
public final class FuzzOptions {
    private FuzzOptions() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(FuzzedDataProvider data) {
        String alternateOrigin = data.consumeString(20);
        String text = data.consumeRemainingAsString();
        AgentOptions options = AgentOptions.of(text);
        String error = options.error();
        check(error == null || (!error.isEmpty() && error.length() < 1000), "a message that nobody reads: " + error);
        check(error != null || options.file() == null || !options.file().isEmpty(), "a file without a name");
        check(!options.strict() || text.contains("strict"), "strict by itself");
        AgentOptions other = options.orFile(alternateOrigin);
        check(options.file() == null || options.file().equals(other.file()), "another file takes its place");
        check(error == null ? other.error() == null : error.equals(other.error()), "an error that goes away");
    }

    private static void check(boolean good, String otherwise) {
        if (!good) {
            throw new AssertionError(otherwise);
        }
    }
}
