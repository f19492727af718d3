// Paging: tokens that are good only for the request they came from.
#ifndef SERVICE_VIEWS_PAGE_H_
#define SERVICE_VIEWS_PAGE_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "google/protobuf/message.h"
#include "service/core/clock.h"
#include "service/core/limits.h"

namespace journey::views {

// Where a page begins and how long it may be.
struct Page {
  int size = core::kPageSizeDefault;
  // The last key of the page before; empty at the beginning.
  std::string after;
  // The clock of the first page.
  core::Micros now = 0;
  std::string request_sha256;
};

// Reads the paging fields `page_size` and `page_token` of a request.
// INVALID_ARGUMENT when the token is not one of ours, or of another request.
absl::StatusOr<Page> PageOf(const google::protobuf::Message& request,
                            core::Micros now);

// The token for the page after the one that ended with `last_key`.
[[nodiscard]] std::string NextPageToken(const Page& page,
                                        absl::string_view last_key);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_PAGE_H_
