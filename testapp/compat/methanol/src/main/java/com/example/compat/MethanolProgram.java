package com.example.compat;

import com.github.mizosoft.methanol.Methanol;
import com.github.mizosoft.methanol.MoreBodyHandlers;
import com.github.mizosoft.methanol.MultipartBodyPublisher;
import com.github.mizosoft.methanol.MutableRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;

/** Methanol: an {@code HttpClient} around the JDK's, whose requests are of a class of its own. */
final class MethanolProgram {
    private MethanolProgram() {}

    public static void main(String[] arguments) {
        Methanol client = Methanol.newBuilder()
                .followRedirects(HttpClient.Redirect.NORMAL)
                .userAgent("a program")
                .readTimeout(Program.PATIENCE)
                .build();
        Program.of(arguments, "Methanol", "methanol")
                .calls("send", request -> PlainHttp.send(client, request))
                .calls("sendAsync", request -> PlainHttp.sendAsync(client, request))
                .step("send", "gzip", "gzip", uri -> compressed(client, uri))
                .step("send", "multipart", "ok", uri -> multipart(client, uri))
                .step("send", "own-request", "ok", uri -> ownRequest(client, uri));
    }

    private static Reply compressed(Methanol client, URI uri) throws IOException, InterruptedException {
        return PlainHttp.reply(
                client.send(MutableRequest.GET(uri), MoreBodyHandlers.decoding(BodyHandlers.ofString())));
    }

    private static Reply multipart(Methanol client, URI uri) throws IOException, InterruptedException {
        MultipartBodyPublisher body = MultipartBodyPublisher.newBuilder()
                .boundary("the-boundary")
                .textPart("name", "value")
                .textPart("more", "text".repeat(100))
                .build();
        return PlainHttp.reply(client.send(MutableRequest.POST(uri, body), BodyHandlers.ofString()));
    }

    private static Reply ownRequest(Methanol client, URI uri) throws IOException, InterruptedException {
        MutableRequest request =
                MutableRequest.GET(uri).tag("a tag").header("X-Own", "1").timeout(Program.PATIENCE);
        return PlainHttp.reply(client.send(request, BodyHandlers.ofString()));
    }
}
