#include "service/page.h"

#include <gtest/gtest.h>
