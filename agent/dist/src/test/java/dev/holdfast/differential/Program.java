package dev.holdfast.differential;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** The program under test: makes all the calls and prints what it saw. It knows nothing of an agent. */
final class Program {
    private Program() {}

    /** Takes the ports of {@link Http2Servers}; without them, makes only the calls that go wrong. */
    public static void main(String[] arguments) {
        System.setProperty("org.apache.commons.logging.Log", "org.apache.commons.logging.impl.NoOpLog");
        Transcript transcript = new Transcript();
        if (arguments.length == 0) {
            new FaultCalls(transcript).run();
            new LibraryFaultCalls(transcript).run();
        } else {
            new UrlConnectionCalls(transcript).run();
            new HttpClientCalls(transcript).run();
            new Apache5Calls(transcript).run();
            new Apache4Calls(transcript).run();
            new OkHttpCalls(transcript, false).run();
            new OkHttpCalls(transcript, true).run();
            new SecureCalls(transcript).run();
            new Http2Calls(transcript, Integer.parseInt(arguments[0]), Integer.parseInt(arguments[1])).run();
        }
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.print(transcript);
        out.flush();
        System.exit(0); // clients' threads are daemons, but not all executors of the calls
    }
}
