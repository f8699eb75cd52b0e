package dev.holdfast.observe.jfr;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The breaker or a limit did not let an attempt pass. */
@Name("dev.holdfast.Rejection")
@Label("Rejection")
@Description("An attempt that was not let pass")
@Category("Holdfast")
@StackTrace(false)
final class RejectionEvent extends CallEvent {
    @Label("Reason")
    @Description("What did not let it pass")
    @Nullable
    String reason;
}
