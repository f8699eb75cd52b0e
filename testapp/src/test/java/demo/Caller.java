package demo;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** A program that calls each of some URLs ten times a second, until its standard input ends. */
final class Caller {
    private Caller() {}

    public static void main(String[] urls) throws IOException {
        Thread calls = new Thread(() -> call(urls), "calls");
        calls.setDaemon(true);
        calls.start();
        int end = System.in.read();
        System.out.println("done: " + end);
    }

    private static void call(String[] urls) {
        try {
            while (true) {
                for (String url : urls) {
                    call(url);
                }
                TimeUnit.MILLISECONDS.sleep(100);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void call(String url) {
        try {
            HttpURLConnection connection =
                    (HttpURLConnection) URI.create(url).toURL().openConnection();
            connection.getResponseCode();
            connection.disconnect();
        } catch (IOException e) {
            // It is what the caller of a failing origin sees.
        }
    }
}
