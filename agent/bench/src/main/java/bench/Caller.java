package bench;

import java.io.IOException;

/** Makes one call after the other with one client. */
interface Caller {
    /** Makes a call, reads its body, and returns the status. */
    int call() throws IOException;
}
