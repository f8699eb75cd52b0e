package dev.holdfast.fallback;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A program that reads most of many answers that never end, keeps all of them open, and says by how much its heap grew.
 */
final class OpenStreamsProgram {
    private static final int BODY = 250 * 1024;
    private static final int READ = 249 * 1024;

    private OpenStreamsProgram() {}

    public static void main(String[] arguments) throws Exception {
        boolean url = arguments[0].equals("HttpURLConnection");
        int streams = Integer.parseInt(arguments[1]);
        ServerSocket server = new ServerSocket(0, 500, InetAddress.getByName("127.0.0.1"));
        Thread accepting = new Thread(() -> accept(server));
        accepting.setDaemon(true);
        accepting.start();
        String origin = "http://127.0.0.1:" + server.getLocalPort() + "/";
        HttpClient client =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        List<InputStream> open = new ArrayList<>();
        byte[] buffer = new byte[8 * 1024];
        long before = used();
        for (int i = 0; i < streams; i++) {
            URI uri = URI.create(origin + i);
            InputStream body = url
                    ? uri.toURL().openConnection().getInputStream()
                    : client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofInputStream())
                            .body();
            for (int left = READ; left > 0; ) {
                left -= body.read(buffer, 0, Math.min(buffer.length, left));
            }
            open.add(body);
        }
        System.out.println(open.size() + " streams, KiB " + (used() - before) / 1024);
        System.exit(0);
    }

    private static long used() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static void accept(ServerSocket server) {
        List<Socket> open = new ArrayList<>();
        byte[] body = new byte[BODY];
        String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + Integer.toHexString(BODY) + "\r\n";
        try {
            while (true) {
                Socket socket = server.accept();
                open.add(socket);
                int unused = socket.getInputStream().read(new byte[4 * 1024]);
                OutputStream out = socket.getOutputStream();
                out.write(head.getBytes(StandardCharsets.US_ASCII));
                out.write(body);
                out.flush();
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
