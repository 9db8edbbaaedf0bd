/** What a running part answers over HTTP: its metrics and its health. */
@org.jspecify.annotations.NullMarked
package io.headwater.ops.http;
