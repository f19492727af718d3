// Lists, as an update changes them.
#ifndef SERVICE_VIEWS_PUT_LISTS_H_
#define SERVICE_VIEWS_PUT_LISTS_H_

#include "service/views/lists.h"
#include "service/views/view_store.h"

namespace journey::views {

// Takes out the entries of `before` and puts in those of `after`, but for what
// stands in both.
void PutLists(const ListEntries& before, const ListEntries& after,
              Update& update);

}  // namespace journey::views

#endif  // SERVICE_VIEWS_PUT_LISTS_H_
