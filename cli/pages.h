// Lists that come in pages.
#ifndef CLI_PAGES_H_
#define CLI_PAGES_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cli/client.h"
#include "cli/commands.h"

namespace journey::cli {

// The options of every list.
struct PageOptions {
  bool all = false;
  int page_size = 0;
  std::string page_token;
};

void AddPageOptions(CLI::App& command, PageOptions& options);

// Tells how to go on where there is more.
void PrintMore(const Invocation& invocation, const std::string& next_token);

// For a table without rows; `what` is for example "stalled deals". A page may
// be empty although there are more.
void PrintNone(const Invocation& invocation, absl::string_view what,
               const std::string& next_token);

// One page, or all of them together in one response, whose token is empty.
template <typename Stub, typename Request, typename Response>
[[nodiscard]] absl::StatusOr<Response> FetchPages(
    Stub& stub, const Settings& settings, const PageOptions& options,
    grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                 Response*),
    Request request) {
  constexpr int kPageSizeMax = 1000;
  request.set_page_size(
      options.page_size == 0 && options.all ? kPageSizeMax : options.page_size);
  request.set_page_token(options.page_token);
  Response together;
  do {
    auto page = CallOn(stub, settings, method, request);
    if (!page.ok()) return page.status();
    // A merge appends lists and replaces the other fields, but keeps a token
    // that the last page does not have.
    together.clear_next_page_token();
    together.MergeFrom(*page);
    request.set_page_token(page->next_page_token());
  } while (options.all && !request.page_token().empty());
  return together;
}

}  // namespace journey::cli

#endif  // CLI_PAGES_H_
