package dev.holdfast.call;

/** The clients whose calls come through Holdfast. */
public enum Client {
    /** {@code java.net.http.HttpClient}. */
    HTTP_CLIENT("java.net.http"),
    /** {@code java.net.HttpURLConnection}. */
    URL_CONNECTION("HttpURLConnection");

    private final String label;

    Client(String label) {
        this.label = label;
    }

    /** The name in log lines and metric labels. */
    public String label() {
        return label;
    }
}
