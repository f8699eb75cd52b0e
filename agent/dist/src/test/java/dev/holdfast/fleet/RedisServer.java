package dev.holdfast.fleet;

import dev.holdfast.testkit.Tool;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;

/** A real Redis on a port of its own, which can be killed, paused and restarted. It keeps nothing on disk. */
final class RedisServer implements AutoCloseable {
    /** The password of its default user. */
    static final String PASSWORD = "pa55word-of-the-test";

    /** An address of the one that speaks TLS that its certificate does not name. */
    static final String OTHER_HOST = "127.0.0.30";

    private static final String HOST = "127.0.0.1";

    private final Tool server;
    private final Tool client;
    private final Path directory;
    private final int port;
    /** The arguments before the port. */
    private final List<String> first;

    private final String portOption;
    private final List<String> options;
    private Process process;

    RedisServer(Path directory, String... options) {
        this(directory, List.of("--requirepass", PASSWORD), "--port", options);
    }

    private RedisServer(Path directory, List<String> first, String portOption, String... options) {
        server = Tool.orSkip("redis-server", "redis-server");
        client = Tool.orSkip("redis-cli", "redis-tools");
        this.directory = directory;
        this.first = first;
        this.portOption = portOption;
        this.options = List.of(options);
        this.port = freePort();
        start();
    }

    /** A sentinel, without a password, that knows a server as {@code primary}. */
    static RedisServer sentinel(Path directory, RedisServer of) throws IOException {
        Path file = Files.writeString(directory.resolve("sentinel.conf"), """
                sentinel monitor primary %s %d 1
                sentinel auth-pass primary %s
                sentinel down-after-milliseconds primary 500
                """.formatted(HOST, of.port, PASSWORD));
        return new RedisServer(directory, List.of(file.toString(), "--sentinel"), "--port");
    }

    /** One that speaks TLS alone, with the certificate and the key of a file. */
    static RedisServer tls(Path directory, Path pem) {
        String file = pem.toString();
        return new RedisServer(
                directory,
                List.of("--requirepass", PASSWORD, "--port", "0", "--tls-auth-clients", "no"),
                "--tls-port",
                "--bind",
                HOST,
                OTHER_HOST,
                "--tls-cert-file",
                file,
                "--tls-key-file",
                file,
                "--tls-ca-cert-file",
                file);
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void start() {
        List<String> all = new ArrayList<>(first);
        all.addAll(List.of(portOption, Integer.toString(port), "--bind", HOST, "--save", "", "--appendonly", "no"));
        all.addAll(List.of("--dir", directory.toString()));
        all.addAll(options);
        try {
            process = server.command(all.toArray(String[]::new))
                    .redirectOutput(directory.resolve("redis" + port + ".log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await().until(() -> cli("PING").contains("PONG"));
    }

    int port() {
        return port;
    }

    /** Its URL, with the password. */
    String url() {
        return "redis://:" + PASSWORD + "@" + HOST + ":" + port;
    }

    String cli(String... command) {
        List<String> all = new ArrayList<>(List.of("-h", HOST, "-p", Integer.toString(port), "-a", PASSWORD));
        all.add("--no-auth-warning");
        if (portOption.equals("--tls-port")) {
            all.addAll(List.of("--tls", "--insecure"));
        }
        all.addAll(List.of(command));
        try {
            return client.run(new byte[0], all.toArray(String[]::new)).output();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    /** Writes each command that it gets to a file, until it ends. */
    Process monitor(Path to) throws IOException {
        Process monitor = client.command(
                        "-h", HOST, "-p", Integer.toString(port), "-a", PASSWORD, "--no-auth-warning", "MONITOR")
                .redirectOutput(to.toFile())
                .start();
        Awaitility.await().until(() -> Files.readString(to).contains("OK"));
        return monitor;
    }

    void kill() {
        process.destroyForcibly().onExit().join();
    }

    void pause() {
        signal("-STOP");
    }

    void resume() {
        signal("-CONT");
    }

    private void signal(String which) {
        try {
            Tool.Ended ended = Tool.orSkip("kill", "procps").run(new byte[0], which, Long.toString(process.pid()));
            if (ended.exit() != 0) {
                throw new AssertionError(ended.output());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }
}
