// Paging: tokens that are good only for the request they came from.
#ifndef SERVICE_VIEWS_PAGE_H_
#define SERVICE_VIEWS_PAGE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "service/core/clock.h"
#include "service/core/limits.h"

namespace journey::views {

// Where a page begins and how long it may be.
struct Page {
  int size = core::kPageSizeDefault;
  // Which list the page before was read from, and what of its last entry's
  // key follows the list's prefix; empty at the beginning.
  std::string list;
  std::string after;
  // The clock of the first page.
  core::Micros now = 0;
  std::string request_sha256;
};

// Reads the paging fields `page_size` and `page_token` of a request.
// INVALID_ARGUMENT when the token is not one of ours, or of another request.
// A token is not secret and may be forged: it is never more than a place
// within what the request may see.
absl::StatusOr<Page> PageOf(const google::protobuf::Message& request,
                            core::Micros now);

// INVALID_ARGUMENT when the page before was read from another list: then
// touchpoints have come in that make `as_of` a past instant.
[[nodiscard]] absl::Status CheckList(const Page& page, absl::string_view list);

// The key from which to read the page, of a list with a prefix.
[[nodiscard]] std::string FirstKey(const Page& page, absl::string_view prefix);

// The token for the page after the one of `list` whose last entry has a key
// that ends, behind the list's prefix, with `last_key`.
[[nodiscard]] std::string NextPageToken(const Page& page,
                                        absl::string_view list,
                                        absl::string_view last_key);

// Counts the bytes of a page, so that it ends before its message gets large.
class PageBytes {
 public:
  // Counts a message that was added.
  void Add(const google::protobuf::MessageLite& message) {
    bytes_ += message.ByteSizeLong();
  }
  [[nodiscard]] bool is_full() const {
    return bytes_ >= core::kReadMessageBytesMax;
  }

 private:
  size_t bytes_ = 0;
};

}  // namespace journey::views

#endif  // SERVICE_VIEWS_PAGE_H_
