package com.example.shop;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.util.List;

/**
 * An ordinary program: it calls a service in every common way, once each, and prints what it got. It knows nothing of
 * retries.
 */
public final class Shop {
    private Shop() {}

    /**
     * Makes all calls, one after the other, and prints a line for each: client, call, script, what the program saw.
     *
     * @param args the service's address; none: a service of its own
     * @throws IOException if that service cannot listen
     */
    public static void main(String[] args) throws IOException {
        if (args.length > 0) {
            makeCalls(URI.create(args[0]));
            return;
        }
        try (FlakyService own = new FlakyService(new PrintStream(OutputStream.nullOutputStream()))) {
            makeCalls(own.uri());
        }
    }

    private static void makeCalls(URI service) {
        int number = makeCalls("HttpClient", new ModernCalls().all(), service, 0);
        makeCalls("HttpURLConnection", new ClassicCalls().all(), service, number);
    }

    private static int makeCalls(String client, List<Call> calls, URI service, int first) {
        int number = first;
        for (Call call : calls) {
            number++;
            String seen = call.report(service, number);
            System.out.println(String.join("\t", String.valueOf(number), client, call.title(), call.script(), seen));
        }
        return number;
    }
}
