package dev.holdfast.call;

/** The reason for which a call asks for a fallback. */
public enum FallbackReason {
    /** So many attempts as there may be gave nothing good. */
    RETRIES_USED_UP("retries_used_up"),
    /** The retry budget is used up. */
    BUDGET("budget"),
    /** {@code Retry-After} asks for a longer wait than there may be. */
    RETRY_AFTER("retry_after"),
    /** The call's deadline would be over, or was. */
    DEADLINE("deadline"),
    /** The breaker is open. */
    BREAKER_OPEN("breaker_open"),
    /** A limit did not let the attempt pass. */
    LIMIT("limit"),
    /** The outcome was not to be retried, or not safely, and is listed for fallbacks. */
    LISTED("listed");

    private final String label;

    FallbackReason(String label) {
        this.label = label;
    }

    /** The name in log lines and metric labels. */
    public String label() {
        return label;
    }

    static FallbackReason of(Observer.Rejection rejection) {
        return rejection == Observer.Rejection.BREAKER ? BREAKER_OPEN : LIMIT;
    }
}
