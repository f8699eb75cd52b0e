package dev.holdfast.contract;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Calls two names that come back after a look-up of each has failed, one with each client. */
final class NameLookupProgram {
    private NameLookupProgram() {}

    /** Takes the hosts file and the port of the server behind both names. */
    public static void main(String[] args) throws Exception {
        Path hosts = Path.of(args[0]);
        String port = args[1];
        Files.writeString(hosts, "127.0.0.1 another.example\n");
        fail("modern.example");
        fail("classic.example");
        Files.writeString(hosts, "127.0.0.1 modern.example\n127.0.0.1 classic.example\n");

        HttpRequest request = HttpRequest.newBuilder(URI.create("http://modern.example:" + port + "/"))
                .build();
        System.out.println(HttpClient.newHttpClient()
                .send(request, BodyHandlers.ofString())
                .body());
        try (InputStream body =
                URI.create("http://classic.example:" + port + "/").toURL().openStream()) {
            System.out.println(new String(body.readAllBytes(), StandardCharsets.US_ASCII));
        }
    }

    /** Makes the JVM remember that the name was not found. */
    private static void fail(String name) throws IOException {
        try {
            throw new IOException(name + " is known: " + InetAddress.getByName(name));
        } catch (UnknownHostException e) {
            // As it is to be.
        }
    }
}
