/**
 * The adapter of Apache HttpClient 5, classic: the blocking client of the library. Compiled against the newest version,
 * and used with the copy that an application has: whatever is named here exists in all versions from 5.0 on.
 */
@NullMarked
package dev.holdfast.client.apache5;

import org.jspecify.annotations.NullMarked;
